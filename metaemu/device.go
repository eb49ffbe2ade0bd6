package metaemu

import (
	"fmt"
	"slices"
	"time"
)

// Device is a companion of the phone: WhatsApp Web, a Mac, another phone or
// a tablet.
type Device struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"`
	Linked time.Time `json:"linked_at"`
	Active time.Time `json:"last_active_at"`
}

// Kinds of devices (§6.3): some cannot be linked once the number is on the
// platform.
var (
	deviceKinds = []string{"web", "mac", "phone", "tablet", "windows", "wear_os"}
	offPlatform = []string{"windows", "wear_os"}
)

// maxDevices is how many companions a phone has at most (§6.3).
const maxDevices = 4

// companionIdle is how long a companion may be silent (§4.8, April 2026).
const companionIdle = 30 * 24 * time.Hour

// PhoneLinkDevice links a companion. Onboarding unlinks all of them.
func (e *Emulator) PhoneLinkDevice(numberID, kind string) (Device, error) {
	e.enter()
	defer e.mu.Unlock()
	n, err := e.phoneOf(numberID)
	if err != nil {
		return Device{}, err
	}
	switch {
	case !slices.Contains(deviceKinds, kind):
		return Device{}, fmt.Errorf("kind %q is no device: write one of %v", kind, deviceKinds)
	case n.Stage == StageLive && slices.Contains(offPlatform, kind):
		return Device{}, fmt.Errorf("a %s device cannot be linked while the number is connected to the Business Platform: use web, mac, phone or tablet", kind)
	case len(n.devices) == maxDevices:
		return Device{}, fmt.Errorf("four devices are linked already: unlink one first")
	}
	at := e.clock.Now()
	d := &Device{ID: e.nodeID("device"), Kind: kind, Linked: at, Active: at}
	n.devices = append(n.devices, d)
	e.signOfLife(n, at) // the owner confirms it on the phone
	e.watchDevice(n, d)
	e.announce("numbers")
	return *d, nil
}

// PhoneUnlinkDevice takes a companion away.
func (e *Emulator) PhoneUnlinkDevice(numberID, device string) error {
	e.enter()
	defer e.mu.Unlock()
	n, err := e.phoneOf(numberID)
	if err != nil {
		return err
	}
	had := len(n.devices)
	n.devices = slices.DeleteFunc(n.devices, func(d *Device) bool { return d.ID == device })
	if len(n.devices) == had {
		return fmt.Errorf("no device %q is linked to this phone", device)
	}
	e.signOfLife(n, e.clock.Now())
	e.announce("numbers")
	return nil
}

// watchDevice ends Coexistence when a companion has been idle for too long, as
// Meta's table of reasons says.
func (e *Emulator) watchDevice(n *number, d *Device) {
	e.plan(d.Active, companionIdle, "device.check", deviceDeed{n, d})
}

func (e *Emulator) checkDevice(n *number, d *Device, at time.Time) {
	if !slices.Contains(n.devices, d) || n.Stage != StageLive {
		return
	}
	if at.Sub(d.Active) < companionIdle {
		e.watchDevice(n, d)
		return
	}
	e.partnerRemoved(n, "COMPANION_INACTIVITY", "SYSTEM", at)
}

// device finds a companion that something is said from; none is the phone.
func (n *number) device(id string) (*Device, error) {
	if id == "" {
		return nil, nil
	}
	for _, d := range n.devices {
		if d.ID == id {
			return d, nil
		}
	}
	return nil, fmt.Errorf("no device %q is linked to this phone", id)
}

// usedApp notes where something was done: on the phone, which keeps Coexistence
// alive, or on a companion, which proves only that the companion is used.
func (e *Emulator) usedApp(n *number, d *Device, at time.Time) {
	if d == nil {
		e.signOfLife(n, at)
		return
	}
	d.Active = at
}
