package storage

import (
	"encoding/binary"

	"invd/engine/inventory"
	"invd/engine/refresh"
)

var (
	lastTrigger = byte(len(refresh.Triggers()) - 1)
	lastState   = byte(len(refresh.States()) - 1)
	lastOutcome = byte(len(refresh.Outcomes())) // None comes before those listed
)

// encodeJob returns the stored form of a job, which unfinished and finished jobs
// share. The id is the key.
func encodeJob(key []byte, j *refresh.Job) []byte {
	b := newValue(12 + 3 + 4*8 + 3 + 2 + len(j.Schedule) + len(j.Error))
	b = append(b, dayKey(j.Key)...)
	b = append(b, byte(j.Trigger), byte(j.State), byte(j.Outcome))
	b = appendNanos(b, j.Created)
	b = appendNanos(b, j.Started)
	b = appendNanos(b, j.Finished)
	b = appendNanos(b, j.RetryAt)
	b = binary.AppendUvarint(b, uint64(j.Attempts))
	b = appendString(b, j.Schedule)
	return seal(key, appendString(b, j.Error))
}

// decodeJob is the inverse of encodeJob, false when there is none under the key or
// it is damaged.
func decodeJob(key, value []byte) (refresh.Job, bool) {
	payload, ok := unseal(key, value)
	id, named := parseID(key)
	if !ok || !named {
		return refresh.Job{}, false
	}
	p := parser{b: payload}
	j := refresh.Job{ID: id}
	j.Key.Product = inventory.ProductID(p.uint64())
	j.Key.Date = inventory.Date(p.uint32())
	j.Trigger = refresh.Trigger(p.enum(lastTrigger))
	j.State = refresh.State(p.enum(lastState))
	j.Outcome = refresh.Outcome(p.enum(lastOutcome))
	j.Created, j.Started, j.Finished, j.RetryAt = p.time(), p.time(), p.time(), p.time()
	j.Attempts = int(p.uvarint())
	j.Schedule = p.string()
	j.Error = p.string()
	if !p.end() || checkKey(j.Key) != nil {
		return refresh.Job{}, false
	}
	return j, true
}
