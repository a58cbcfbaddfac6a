package app

import "invd/engine/inventory"

// demand tells the engine in force what readers ask for. A read that meets a reload
// may be told to the engine that is stopping, which forgets it.
type demand struct{ d *daemon }

func (r demand) Count(k inventory.Key) { r.d.core.Load().engine.Demand().Count(k) }

func (r demand) CountDates(p inventory.ProductID) { r.d.core.Load().engine.Demand().CountDates(p) }
