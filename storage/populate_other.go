//go:build !linux

package storage

// mapPopulate is nothing here: a mapping is read page by page.
const mapPopulate = 0
