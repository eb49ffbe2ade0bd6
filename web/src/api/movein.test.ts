import { describe, expect, it } from 'vitest'
import { stateShown } from './movein'

describe('stateShown', () => {
  it.each([
    ['arriving', 'live', 'arriving'],
    ['arriving', 'suspended', 'arriving'],
    ['arriving', 'disconnected', 'cut'],
    ['silent', 'disconnected', 'cut'],
    ['not_requested', 'disconnected', 'cut'],
    ['complete', 'disconnected', 'complete'],
    ['declined', 'disconnected', 'declined'],
  ])('%s of a number that is %s is told as %s', (state, stage, want) => {
    expect(stateShown({ state }, stage)).toBe(want)
  })
})
