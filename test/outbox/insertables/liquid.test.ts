import { describe, expect, test } from 'vitest'
import { CURSOR, fill } from '../../../src/main/engine/outbox/insertables/liquid.ts'
import { cpuTime } from '../../support/cpu-time.ts'

const values = {
  contact: {
    first_name: 'Carla',
    last_name: '',
    name: '<img src=x onerror=alert(1)>{{ contact.email }}{% include "x" %}',
    email: 'carla@customer.test',
    close: '2026-12-15',
  },
  sender: { full_name: 'Ada "A" Agent' },
}
const html = (content: string) => fill({ subject: '', content }, values).html
const problem = (content: string): string => {
  try {
    return `no problem: ${html(content).slice(0, 100)}`
  } catch (error) {
    return (error as Error).message
  }
}

describe('filling in', () => {
  test('tokens, conditions and filters, as the editor writes them', () => {
    expect(html('<p>Hi {{&nbsp;contact.first_name }},</p>')).toBe('<p>Hi Carla,</p>')
    expect(html('<p>{{ <strong>contact.first_name | upcase</strong> }}</p>')).toBe('<p>CARLA</p>')
    expect(html('<p>{{ contact.close | date: "long" }}</p>')).toBe('<p>December 15, 2026</p>')
    expect(
      html('<p>{% if contact.last_name == &quot;x&quot; or 1 &gt; 2 %}a{% else %}b{% endif %}</p>'),
    ).toBe('<p>b</p>')
  })

  test('a line that holds only tags is no line of the mail', () => {
    const text = '<p>{% if contact.last_name %}</p><p>yes</p><p>{% else %}</p><p>no</p><p>{% endif %}</p>'
    expect(html(text)).toBe('<p>no</p>')
  })

  test('a token without a value stays as it is and is told of, unless something stands in for it', () => {
    expect(
      fill(
        { subject: 'For {{ contact.last_name }}', content: '<p>{{ contact.last_name | upcase }}</p>' },
        values,
      ),
    ).toEqual({
      subject: 'For {{ contact.last_name }}',
      html: '<p>{{ contact.last_name }}</p>',
      unfilled: ['contact.last_name'],
    })
    expect(fill({ subject: '', content: '<p>{{ contact.last_name | default: "you" }}</p>' }, values)).toEqual(
      {
        subject: '',
        html: '<p>you</p>',
        unfilled: [],
      },
    )
  })

  test('the cursor has one place', () => {
    expect(html('<p>a{{ cursor }}b{{ cursor }}</p>')).toBe(`<p>a${CURSOR}b</p>`)
    expect(html(`<p>{{ contact.email }}</p>`)).not.toContain(CURSOR)
  })
})

describe('fault 68', () => {
  test('a value is text, whatever is in it', () => {
    const filled = fill(
      { subject: 'To {{ contact.name }}\r\nBcc: x', content: '<p>{{ contact.name }}</p>' },
      values,
    )
    expect(filled.html).toBe(
      '<p>&lt;img src=x onerror=alert(1)&gt;{ { contact.email }}{ % include "x" %}</p>',
    )
    expect(filled.subject).not.toMatch(/[\r\n]/)
    expect(filled.subject).not.toContain('carla@')
    expect(filled.unfilled).toEqual([])
  })

  test.each([
    ['<p onclick="x()">a</p><script>x()</script>', '<p>a</p>'],
    ['<a href="java{{ contact.last_name | default: "script" }}:x()">a</a>', '<a>a</a>'],
    ['<a href="{{ "javascript:x()" }}">a</a>', '<a>a</a>'],
    ['<p>{{ "&lt;script&gt;x()&lt;/script&gt;" }}</p>', '<p>&lt;script&gt;x()&lt;/script&gt;</p>'],
    ['<img src="https://track.test/{{ contact.email }}.png">', ''],
  ])('%s', (content, clean) => expect(html(content)).toBe(clean))

  test.each([
    '{% for i in (1..100000000) %}x{% endfor %}',
    '{% for i in (1..900) %}{% for j in (1..900) %}{% for k in (1..900) %}{{ i }}{% endfor %}{% endfor %}{% endfor %}',
    '{% assign a = "xxxxxxxxxx" %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}{{ a }}',
    `{% for i in (1..40000) %}${'y'.repeat(50_000)}{% endfor %}`,
    '{% if true %}'.repeat(7000),
  ])('what would take for ever, or all memory, ends with a message: %.40s', (content) => {
    const before = cpuTime()
    expect(problem(content)).toMatch(/does too much|cannot be read/)
    expect(cpuTime() - before).toBeLessThan(5000)
  })

  test('there are no files, no prototypes, and few tags and filters', () => {
    expect(problem('{% include "/etc/passwd" %}')).toMatch(/no tag "include"/)
    expect(problem('{% render "/etc/passwd" %}')).toMatch(/no tag "render"/)
    expect(problem('{{ contact.email | raw }}')).toMatch(/no filter "raw"/)
    expect(problem('{{ contact.constructor }}')).toMatch(/no token "contact.constructor"/)
    expect(problem('{{ contact.__proto__ }}')).toMatch(/no token "contact.__proto__"/)
    expect(problem('{{ nobody.name }}')).toMatch(/no token "nobody/)
    expect(problem('<p>{{ contact.email</p>')).toMatch(/cannot be read/)
    expect(problem('{{'.repeat(40_000))).toMatch(/cannot be read/)
  })
})
