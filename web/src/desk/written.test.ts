import { describe, expect, it } from 'vitest'
import { pieces } from './written'

describe('pieces', () => {
  const rows: [string, string, string[]][] = [
    ['plain text stays whole', 'hello', ['text:hello']],
    ['bold inside Arabic', 'رقم *4521* جاهز', ['text:رقم ', 'strong:4521', 'text: جاهز']],
    ['arithmetic is not emphasis', '2*3*4 and snake_case_name', ['text:2*3*4 and snake_case_name']],
    ['a mark beside a space is a mark of its own', '* one * two', ['text:* one * two']],
    ['the full stop is not part of the address', 'See https://a.example/x?y=1.', ['text:See ', 'link:https://a.example/x?y=1', 'text:.']],
    ['an address ends where Arabic begins', 'https://a.example/xثم', ['link:https://a.example/x', 'text:ثم']],
    ['mail and phone can be followed', 'a@b.example +966 50 123 4567', ['link:a@b.example', 'text: ', 'link:+966 50 123 4567']],
    ['no other scheme becomes a link', 'javascript:alert(1) ftp://x data:text/html,x', ['text:javascript:alert(1) ftp://x data:text/html,x']],
    ['code keeps its marks inside', 'run ```a *b* c```', ['text:run ', 'code:a *b* c']],
    ['tags are text', '<img src=x onerror=alert(1)>', ['text:<img src=x onerror=alert(1)>']],
  ]
  it.each(rows)('%s', (_, text, want) => {
    expect(pieces(text).map((p) => `${p.is}:${p.text}`)).toEqual(want)
  })

  it('makes only addresses of four kinds', () => {
    const hrefs = pieces('http://a.example https://b.example c@d.example +201000000019').flatMap((p) => (p.is === 'link' ? [p.href] : []))
    expect(hrefs).toEqual(['http://a.example', 'https://b.example', 'mailto:c@d.example', 'tel:+201000000019'])
  })
})
