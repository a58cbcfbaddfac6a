package queue

// A place is where, between two atomic steps, a goroutine may be held up and
// others overtake it. Each is passed to point.
type place int

const (
	pushTicket   place = iota // has a slot, has not filled it
	pushLinked                // linked a segment, has not moved tail
	pushDecided               // changed the word, has no slot
	pushFilled                // filled the slot, has not set the band's bit
	pushVisible               // set the bit, has not looked for a waiter
	popFront                  // saw a slot to pop, has not taken it
	popTicket                 // has a slot, has not read it
	popSpoil                  // gave up on a slot, has not spoiled it
	popRead                   // read a slot, has not claimed the id
	popScan                   // found a band empty, goes to the next
	frontRead                 // read popped, has not read pushed
	frontSpent                // saw the head used up, has not moved it on
	clearMarked               // marked a bit as clearing, has not looked again
	clearChecked              // looked again, has not dropped the mark
	doneDecided               // will requeue, has no slot
	waitSeated                // has a seat, has not announced it
	waitIdle                  // announced, has not tried again
	waitParking               // tried again, goes to sleep
	waitLeaving               // gives up, has not withdrawn
	wakeClaimed               // took a waiter off the list, has not woken it
	closeSealing              // sealed some ids, not all
	places
)
