package metaemu

// ChargedBefore says that so many messages of a portfolio were charged already,
// so that a test need not send a hundred thousand to reach a tier.
func (e *Emulator) ChargedBefore(portfolio, market, category, month string, messages int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.purse.volume[[4]string{portfolio, market, category, month}] = messages
}
