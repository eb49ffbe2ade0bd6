package metaemu

import (
	"reflect"
	"slices"
	"time"
)

// A deed is something that can be planned by name with plain arguments, so that
// a snapshot can hold it and another emulator carry it out.
type deed struct {
	name string
	args reflect.Type
	do   func(e *Emulator, args any, at time.Time)
}

// deedOf makes a deed whose arguments are a struct of pointers into the world
// and of plain values.
func deedOf[A any](name string, do func(e *Emulator, a A, at time.Time)) deed {
	return deed{name: name, args: reflect.TypeFor[A](), do: func(e *Emulator, args any, at time.Time) { do(e, args.(A), at) }}
}

// deeds is the whole table. Each part of the emulator brings its own.
func deeds() []deed {
	return slices.Concat(
		deliveryDeeds(),
		messageDeeds(),
		phoneDeeds(),
		historyDeeds(),
		trafficDeeds(),
		quotaDeeds(),
		templateDeeds(),
	)
}

func deedsByName() map[string]deed {
	m := map[string]deed{}
	for _, d := range deeds() {
		m[d.name] = d
	}
	return m
}

// plan schedules a deed for d from from. It runs like what after schedules.
func (e *Emulator) plan(from time.Time, d time.Duration, name string, args any) {
	e.schedule(event{at: from.Add(d), deed: name, args: args})
}

// deliveryDeeds are those of webhooks on their way.
func deliveryDeeds() []deed {
	return []deed{
		deedOf("delivery.ready", func(e *Emulator, d *delivery, _ time.Time) { e.makeReady(d) }),
		deedOf("delivery.again", func(e *Emulator, d *delivery, at time.Time) { e.tryAgain(d, at) }),
		deedOf("batch.full", func(e *Emulator, a batchDeed, at time.Time) { e.flush(a.key, a.batch, at) }),
		deedOf("update.late", func(e *Emulator, a lateUpdate, at time.Time) { e.enqueue(a.key, a.update, at) }),
	}
}

type batchDeed struct {
	key   batchKey
	batch *batch
}

type lateUpdate struct {
	key    batchKey
	update update
}

// messageDeeds are those of a message on its way.
func messageDeeds() []deed {
	return []deed{
		deedOf("message.sent", func(e *Emulator, a fateDeed, at time.Time) { e.sent(a.message, a.fate, at) }),
		deedOf("message.delivered", func(e *Emulator, a arrivalDeed, at time.Time) { e.arrived(a, at) }),
		deedOf("message.read", func(e *Emulator, m *message, at time.Time) { e.advance(m, "read", at) }),
	}
}

type fateDeed struct {
	message *message
	fate    *failure
}

type arrivalDeed struct {
	message     *message
	skip, reads bool
}

// phoneDeeds are those of the phone app and its place on the platform.
func phoneDeeds() []deed {
	return []deed{
		deedOf("phone.check", func(e *Emulator, n *number, at time.Time) { e.checkLife(n, at) }),
		deedOf("phone.back", func(e *Emulator, a backDeed, at time.Time) {
			if a.number.relink == a.turn && a.number.Stage == StageSuspended {
				e.reconnected(a.number, at)
			}
		}),
		deedOf("phone.event", func(e *Emulator, a eventDeed, at time.Time) { e.accountEvent(a.number, a.event, at) }),
		deedOf("device.check", func(e *Emulator, a deviceDeed, at time.Time) { e.checkDevice(a.number, a.device, at) }),
		deedOf("phone.autoreply", func(e *Emulator, a replyDeed, at time.Time) {
			m, err := e.compositeOf(a.chat, Content{Text: a.text}, at)
			if err == nil {
				e.leave(a.chat, m, at)
			}
		}),
		deedOf("phone.echo", func(e *Emulator, a valueDeed, at time.Time) {
			if a.number.Stage == StageLive {
				e.emit(a.number, "smb_message_echoes", a.value, at)
			}
		}),
	}
}

type backDeed struct {
	number *number
	turn   uint64
}

type eventDeed struct {
	number *number
	event  string
}

type deviceDeed struct {
	number *number
	device *Device
}

type replyDeed struct {
	chat *chat
	text string
}

type valueDeed struct {
	number *number
	value  []byte
}

// historyDeeds are those of the two synchronisations.
func historyDeeds() []deed {
	return []deed{
		deedOf("history.chunk", func(e *Emulator, a valueDeed, at time.Time) { e.emitHistory(a.number, a.value, at) }),
		deedOf("history.media", func(e *Emulator, a pastDeed, at time.Time) { e.emitHistoryMedia(a.number, a.past, at) }),
		deedOf("contacts.part", func(e *Emulator, a contactsDeed, at time.Time) { e.emitContacts(a.number, a.items, at) }),
	}
}

type pastDeed struct {
	number *number
	past   pastMessage
}

type contactsDeed struct {
	number *number
	items  [][]byte
}

// trafficDeeds are the lines of scripts.
func trafficDeeds() []deed {
	return []deed{deedOf("script.line", func(e *Emulator, a lineDeed, at time.Time) { e.say(a.chat, a.script, a.line, at) })}
}

type lineDeed struct {
	chat   *chat
	script Script
	line   int
}
