package report

import "strconv"

// Counted is a number of things in words: 1 job, 2 jobs.
func Counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.Itoa(n) + " " + thing
}
