package world

// readHours is how many of a thousand reads are made in each hour of a day.
var readHours = [24]float64{
	18, 11, 7, 5, 5, 8, 16, 27, 39, 48, 53, 56,
	57, 55, 53, 53, 56, 61, 68, 76, 80, 72, 48, 28,
}

// The hours of readers, and of customers: an hour later and more even, since some
// of them come through other channels.
var (
	readClock    = newChoice(24, func(h int) float64 { return readHours[h] })
	bookingClock = newChoice(24, func(h int) float64 { return 0.6*readHours[(h+23)%24] + 0.4*1000/24 })
)
