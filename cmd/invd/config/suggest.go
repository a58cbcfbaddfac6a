package config

import "strings"

// suggest is the key that was probably meant by an unknown one, or empty. It is
// one that is a few slips of the fingers away, or of which the other is a part:
// api_key for api_key_file.
func suggest(unknown string, known []string) string {
	if len(unknown) > 64 {
		return ""
	}
	unknown = strings.ReplaceAll(strings.ToLower(unknown), "-", "_")
	best, nearest := "", max(1, len(unknown)/3)+1
	for _, key := range known {
		slips := distance(unknown, key)
		if len(unknown) >= 3 && (strings.Contains(key, unknown) || strings.Contains(unknown, key)) {
			slips = min(slips, nearest-1)
		}
		if slips < nearest {
			best, nearest = key, slips
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that lead from a to b: the optimal string alignment distance.
func distance(a, b string) int {
	// row[i%3][j] is the distance of a[:i] and b[:j]; three rows are enough, as
	// a swap looks back by two.
	var row [3][]int
	for i := range row {
		row[i] = make([]int, len(b)+1)
	}
	for i := range len(a) + 1 {
		now, last, before := row[i%3], row[(i+2)%3], row[(i+1)%3]
		for j := range len(b) + 1 {
			switch {
			case i == 0:
				now[j] = j
			case j == 0:
				now[j] = i
			default:
				replace := last[j-1]
				if a[i-1] != b[j-1] {
					replace++
				}
				now[j] = min(last[j]+1, now[j-1]+1, replace)
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					now[j] = min(now[j], before[j-2]+1)
				}
			}
		}
	}
	return row[len(a)%3][len(b)]
}
