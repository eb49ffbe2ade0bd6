package ingest

import (
	"context"
	"sync"
)

// Bounds of one group commit, so that a flood does not make one transaction of
// everything.
const (
	groupDeliveries = 512
	groupBytes      = 16 << 20
)

// A Keeper keeps deliveries, many in one commit. There is no timer: whoever
// comes while nothing is being committed commits at once, and takes along
// whatever has queued meanwhile; whoever comes during a commit waits for the
// next. Under load the group grows by itself and the cost of a commit is shared.
//
// Its mutex guards the queue and the lead.
type Keeper struct {
	Store interface {
		Keep(ctx context.Context, ds []Delivery) error
	}

	mu      sync.Mutex
	waiting []*waiting
	leading bool
}

type waiting struct {
	d    Delivery
	lead chan struct{} // closed: take the lead
	done chan error    // the commit's result
}

// Keep returns nil once d is durable. If ctx ends first its error is returned
// and d may or may not be kept; Meta will send it again.
func (k *Keeper) Keep(ctx context.Context, d Delivery) error {
	w := &waiting{d: d, lead: make(chan struct{}), done: make(chan error, 1)}
	k.mu.Lock()
	k.waiting = append(k.waiting, w)
	if !k.leading {
		k.leading = true
		close(w.lead)
	}
	k.mu.Unlock()
	select {
	case <-w.lead:
		// On its own, because a disk that hangs must not hold the leader longer
		// than ctx. It ends with the commit, which hands on the lead.
		go k.commit(context.WithoutCancel(ctx))
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return k.giveUp(ctx, w)
	}
	// Who leads is the first in the queue, hence part of its own group.
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// commit keeps one group and hands on the lead.
func (k *Keeper) commit(ctx context.Context) {
	group := k.take()
	ds := make([]Delivery, len(group))
	for i, w := range group {
		ds[i] = w.d
	}
	err := k.Store.Keep(ctx, ds)
	for _, w := range group {
		w.done <- err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.handOn()
}

// handOn gives the lead to whoever waits longest. The mutex is held.
func (k *Keeper) handOn() {
	if len(k.waiting) == 0 {
		k.leading = false
		return
	}
	close(k.waiting[0].lead)
}

func (k *Keeper) take() []*waiting {
	k.mu.Lock()
	defer k.mu.Unlock()
	n, size := 0, 0
	for n < len(k.waiting) && n < groupDeliveries && (n == 0 || size+len(k.waiting[n].d.Body) <= groupBytes) {
		size += len(k.waiting[n].d.Body)
		n++
	}
	group := k.waiting[:n:n]
	k.waiting = append([]*waiting(nil), k.waiting[n:]...)
	return group
}

// giveUp leaves the queue. If the lead came at the same moment it is handed on.
func (k *Keeper) giveUp(ctx context.Context, w *waiting) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, x := range k.waiting {
		if x != w {
			continue
		}
		k.waiting = append(k.waiting[:i:i], k.waiting[i+1:]...)
		select {
		case <-w.lead:
			k.handOn()
		default:
		}
		break
	}
	return ctx.Err()
}
