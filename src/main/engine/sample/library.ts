import { uuidV7 } from '../lib/uuid.ts'
import { appendOp } from '../store/ops.ts'
import type { Store, Write } from '../store/store.ts'

type Entry = {
  kind: 'template' | 'snippet' | 'article'
  name: string
  content: string
  subject?: string
  shortcut?: string
  folder?: string
}

const LIBRARY: readonly Entry[] = [
  {
    kind: 'template',
    name: 'Warranty: we replace it',
    subject: 'Your new light is on its way',
    folder: 'Warranty',
    shortcut: 'replace',
    content: `<p>Hello {{ contact.first_name }},</p>
<p>thank you for the photo. That should not happen, so we send you a new light today. It reaches you within five working days, and you can keep the old one: please bring it to where electronics are recycled.</p>
<p>Ride safely,<br>{{ sender.first_name }}</p>`,
  },
  {
    kind: 'template',
    name: 'Wholesale prices',
    subject: 'Our prices for dealers',
    folder: 'Sales',
    content: `<p>Hello {{ contact.first_name }},</p>
<p>thank you for your interest. From 20 lights on, dealers pay 60 % of the price in our shop, from 100 lights on 52 %. Delivery takes two weeks and is free from 500 EUR.</p>
<p>Shall I prepare a quote for {{ company.name }}?</p>
<p>{{ sender.full_name }}<br>{{ inbox.name }}</p>`,
  },
  {
    kind: 'snippet',
    name: 'Ask for a photo',
    shortcut: 'photo',
    folder: 'Warranty',
    content:
      '<p>Could you send us a photo of the status light, and tell us the number that is printed below the battery cover?</p>',
  },
  {
    kind: 'snippet',
    name: 'Delivery times',
    shortcut: 'delivery',
    content:
      '<p>Parcels take two to three working days within the EU, five to the United Kingdom and Switzerland, and about ten elsewhere.</p>',
  },
  {
    kind: 'article',
    name: 'The light blinks three times and goes off',
    folder: 'Warranty',
    content: `## What it means

Three blinks say that the battery gives **less than 3.2 V**: it is empty, cold, or worn out.

## What helps

1. Charge it for two hours with the cable that came with it.
2. Hold the button for ten seconds until it blinks once: that starts it anew.
3. If it blinks three times again, the battery has to be replaced, which the warranty covers for three years.

Below -10 °C it may blink although it is full. It works again as soon as it is warmer.`,
  },
]

/** Some of what the team writes often, shared with everyone. @param authorId  who wrote it */
export function showLibrary(write: Write, store: Pick<Store, 'hlc'>, authorId: string): void {
  for (const { kind, name, content, subject = '', shortcut = '', folder = '' } of LIBRARY) {
    const id = uuidV7(write.now)
    appendOp(write, store.hlc, authorId, {
      entity: 'library_item',
      id,
      kind: 'create',
      values: {
        kind,
        name,
        subject,
        content,
        shortcut,
        folder,
        owner_id: null,
        team_id: null,
        author_id: authorId,
        created_at: write.now,
        updated_at: write.now,
      },
    })
    write.changed('library', id)
  }
}
