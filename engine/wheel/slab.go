package wheel

const (
	pageBits = 14
	pageSize = 1 << pageBits
	maxPages = 1<<(32-pageBits) - 1 // without the last one: none is in it

	none = ^uint32(0) // no id

	placeBits = 10
	tickBits  = 64 - placeBits
)

// A node is the timer of one id.
type node struct {
	// The neighbours in the list of the timer's slot, none at its ends. Of no
	// meaning while the timer is not pending.
	prev, next uint32

	// tick<<placeBits | index of the slot it is in + 1, or 0 while the timer is not
	// pending. The slot does not follow from the tick: cur, which it was computed
	// from, moves, and a timer that is put off stays where it is.
	word uint64
}

func (n *node) pending() bool                { return n.word != 0 }
func (n *node) clear()                       { n.word = 0 }
func (n *node) set(slot uint32, tick uint64) { n.word = tick<<placeBits | uint64(slot+1) }
func (n *node) tick() uint64                 { return n.word >> placeBits }

// slot returns the index of the slot that a pending timer is in.
func (n *node) slot() uint32 { return uint32(n.word%(1<<placeBits)) - 1 }

// A slab holds the nodes by id, in pages that never move. A page is nil until an id
// in it was armed or grown to.
type slab struct {
	pages []*[pageSize]node
}

// at returns the node of an id whose page exists.
func (s *slab) at(id uint32) *node { return &s.pages[id>>pageBits][id%pageSize] }

// find returns the node of an id, nil if there is no page for it.
func (s *slab) find(id uint32) *node {
	page := int(id >> pageBits)
	if page >= len(s.pages) || s.pages[page] == nil {
		return nil
	}
	return &s.pages[page][id%pageSize]
}

// grow makes the pages of the ids in [0,n) that do not exist.
func (s *slab) grow(n int) {
	if uint64(max(n, 0)) > maxPages*pageSize {
		panic("wheel: id out of range")
	}
	for page := range (max(n, 0) + pageSize - 1) / pageSize {
		if page >= len(s.pages) || s.pages[page] == nil {
			s.add(uint32(page) << pageBits)
		}
	}
}

// add makes the page of an id, which does not exist, and returns the id's node.
func (s *slab) add(id uint32) *node {
	page := int(id >> pageBits)
	if page >= maxPages {
		panic("wheel: id out of range")
	}
	if missing := page + 1 - len(s.pages); missing > 0 {
		s.pages = append(s.pages, make([]*[pageSize]node, missing)...)
	}
	s.pages[page] = new([pageSize]node)
	return s.at(id)
}
