package queues

// channels is a buffered channel per band, each with room for every id.
type channels struct {
	bands  [Bands]chan uint32
	closed chan struct{}
	states states
}

func newChannels(ids int) Queue {
	q := &channels{closed: make(chan struct{}), states: make(states, ids)}
	for i := range q.bands {
		q.bands[i] = make(chan uint32, ids)
	}
	return q
}

func (q *channels) Push(id uint32, band int) {
	if q.states.queue(id, band) {
		q.bands[band] <- id
	}
}

func (q *channels) TryPop() (uint32, bool) {
	for _, band := range q.bands {
		select {
		case id := <-band:
			q.states.run(id)
			return id, true
		default:
		}
	}
	return 0, false
}

func (q *channels) Pop() (uint32, bool) {
	if id, ok := q.TryPop(); ok {
		return id, true
	}
	var id uint32
	select {
	case id = <-q.bands[0]:
	case id = <-q.bands[1]:
	case id = <-q.bands[2]:
	case id = <-q.bands[3]:
	case id = <-q.bands[4]:
	case id = <-q.bands[5]:
	case id = <-q.bands[6]:
	case id = <-q.bands[7]:
	case <-q.closed:
		return 0, false
	}
	q.states.run(id)
	return id, true
}

func (q *channels) Done(id uint32) {
	if band, more := q.states.done(id); more {
		q.bands[band] <- id
	}
}

func (q *channels) Close() { close(q.closed) }
