import { describe, expect, it } from 'vitest'
import codes from '../../../api/codes.json'
import { ar } from './ar'
import { codeWords } from './codes'
import { failureWords } from './failures'
import { en } from './en'
import { formatFor } from './format'
import { isolate } from './plural'

const paths = (value: object, prefix = ''): string[] =>
  Object.entries(value).flatMap(([key, v]) => (typeof v === 'object' && v !== null ? paths(v, `${prefix}${key}.`) : [`${prefix}${key}`]))

describe('words', () => {
  it('has every word in both languages', () => {
    expect(paths(ar).toSorted()).toEqual(paths(en).toSorted())
  })
  it('has a sentence and a next step for every code of the API', () => {
    for (const { code } of codes) {
      for (const lang of ['en', 'ar'] as const) {
        expect(codeWords(code, lang)?.sentence, `${code} ${lang}`).toBeTruthy()
        expect(codeWords(code, lang)?.fix, `${code} ${lang}`).toBeTruthy()
      }
    }
  })
  it('says what Meta refuses with a sentence, a cause and a next step', () => {
    for (const lang of ['en', 'ar'] as const) {
      for (const code of [0, 131047, 250, 132018]) {
        const said = failureWords({ code, title: 'Meta’s own' }, lang)
        expect([said.sentence, said.cause, said.fix].every((text) => text && text !== 'Meta’s own'), `${code} ${lang}`).toBe(true)
      }
      expect(failureWords({ code: 7, title: 'Meta’s own' }, lang)).toEqual({ sentence: 'Meta’s own', cause: '', fix: '' })
    }
    expect(failureWords({ code: 131047, title: '' }, 'ar').sentence).toMatch(/24 ساعة/)
  })
  it('counts in all six Arabic forms', () => {
    expect([0, 1, 2, 3, 11, 100].map(ar.thread.fresh)).toEqual([
      'لا رسائل جديدة',
      'رسالة جديدة',
      'رسالتان جديدتان',
      '3 رسائل جديدة',
      '11 رسالة جديدة',
      '100 رسالة جديدة',
    ])
    expect([1, 2].map(en.thread.fresh)).toEqual(['1 new message', '2 new messages'])
  })
  it('isolates foreign names', () => {
    expect(en.composer.placeholder('سارة')).toBe(`Write to ${isolate('سارة')}`)
  })
})

describe('format', () => {
  const now = new Date(2026, 10, 22, 15, 0).getTime()
  const at = (day: number, hour = 9) => new Date(2026, 10, day, hour, 5).toISOString()
  const english = formatFor('en', en)
  const arabic = formatFor('ar', ar)
  it('shortens by age', () => {
    expect(english.brief(at(22), now)).toBe('09:05')
    expect(english.brief(at(21), now)).toBe('Yesterday')
    expect(english.brief(at(18), now)).toBe('Wednesday')
    expect(english.brief(at(2), now)).toBe('2 Nov')
    expect(english.brief(new Date(2025, 10, 2).toISOString(), now)).toBe('2 Nov 2025')
  })
  it('says tomorrow', () => {
    expect(english.upcoming(at(22, 18), now)).toBe('18:05')
    expect(english.upcoming(at(23, 18), now)).toBe(`tomorrow ${isolate('18:05')}`)
  })
  it('writes Arabic dates in the Gregorian calendar with Latin digits', () => {
    expect(arabic.date('2026-11-22')).toBe('22 نوفمبر 2026')
    expect(arabic.time(at(22))).toBe('09:05')
  })
  it('gives durations their units', () => {
    expect(english.duration(20_000)).toBe('less than a minute')
    expect(english.duration(3 * 3_600_000 + 12 * 60_000)).toBe('3 h 12 min')
    expect(arabic.duration(3 * 3_600_000 + 12 * 60_000)).toBe('3 س 12 د')
    expect(english.duration(5 * 86_400_000)).toBe('5 days')
  })
})
