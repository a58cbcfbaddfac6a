// Package limit says when the partner may be asked: a Budget keeps its limits on
// requests, a Gate stops asking while it refuses or fails.
//
// Both are told the time, hold one mutex each and call nothing while they hold it.
package limit
