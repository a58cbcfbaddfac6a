package partner

// Notes count what was odd about an answer that was used all the same.
type Notes struct {
	WrongDate      int // slots of another date, left out
	Quarantined    int // slots that cannot be believed, left out
	QuarantinedPax int // pax that cannot be believed, left out of slots that were kept
	Duplicates     int // slots that came twice word for word, kept once
	Conflicts      int // slots that came twice with a difference, the lesser kept; pax types that came twice, the first kept
	Clamped        int // numbers below 0 or above inventory.MaxRemaining, moved to there
	Rounded        int // fractions of places, rounded down; amounts with the noise of floating point, without it
	Shortened      int // texts cut to their limit
	Cleaned        int // texts with control characters, which became U+FFFD
	Ignored        int // optional members of the wrong type, read as missing
	Unpriced       int // pax without a usable price, kept
}

// Total returns how many oddities there were.
func (n Notes) Total() int {
	return n.WrongDate + n.Quarantined + n.QuarantinedPax + n.Duplicates + n.Conflicts +
		n.Clamped + n.Rounded + n.Shortened + n.Cleaned + n.Ignored + n.Unpriced
}
