// Package page draws what the admin listener shows to people: the state of the
// daemon with the freshness of every key, and why one key is as old as it is.
//
// Pages are whole without JavaScript: links, and forms that are posted. The script
// only asks for the same page again when something has happened and puts the parts
// that changed in place. Nothing is loaded from elsewhere, and Policy forbids it.
//
// All text goes through html/template. The rows of the grid, of 60 cells each, are
// written by hand instead, which is 20 times faster: of numbers, dates and words of
// this program, and of the product's name, escaped.
package page
