// Package partner is the client of the partner's API: one GET for one product on
// one date, bounded in time and size, its outcome classified for those who must
// react to it, its answer decoded by rules instead of by trust.
//
// Fetch talks and never looks into a good answer; Decode looks and never talks:
//
//	Fetch ─▶ body ─▶ BodyHash ─▶ the same as stored: nothing more to do
//	                    └──────▶ Decode ─▶ inventory.Availability + Notes
//
// The syntax of an answer is taken strictly: duplicate names, invalid UTF-8 and
// anything after the value refuse the whole. Its content is taken tolerantly, but
// piece by piece and counted: a slot or pax that cannot be believed is left out
// (quarantined), and an answer of which nothing is left is refused, for only an
// empty array says that a date is closed.
//
// Every HTTP request is the caller's to allow. Nothing is retried but a connection
// that failed before the answer began, once, and only with Options.Permit; no
// redirect is followed, so the API key reaches no other host; and no error, log
// line or printed value holds the key.
package partner
