package limit

// Take spends n permits that the test knows to be available, and returns the
// first of their seqs.
func (b *Budget) Take(n int) uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.take(n)
}
