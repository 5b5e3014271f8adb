import type { Migration } from './index.ts'

/** Merging and suggested duplicates. */
export const duplicates: Migration = {
  version: 10,
  name: 'duplicates',
  sql: `
-- What the spellings of one mailbox have in common at providers that ignore dots or tags (as team/address-key.ts); null
-- elsewhere: there every spelling is a mailbox of its own.
ALTER TABLE contacts ADD COLUMN address_key TEXT GENERATED ALWAYS AS (
  CASE
    WHEN substr(address, instr(address, '@') + 1) IN ('gmail.com', 'googlemail.com')
    THEN replace(substr(address, 1, CASE WHEN instr(address, '+') BETWEEN 2 AND instr(address, '@')
      THEN instr(address, '+') ELSE instr(address, '@') END - 1), '.', '') || '@gmail.com'
    WHEN substr(address, instr(address, '@') + 1) IN ('outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'icloud.com',
      'me.com', 'mac.com', 'fastmail.com', 'protonmail.com', 'proton.me', 'pm.me')
    THEN substr(address, 1, CASE WHEN instr(address, '+') BETWEEN 2 AND instr(address, '@')
      THEN instr(address, '+') ELSE instr(address, '@') END - 1) || substr(address, instr(address, '@'))
  END
) VIRTUAL;
CREATE INDEX contacts_by_address_key ON contacts (address_key, record_id) WHERE address_key IS NOT NULL;
-- Which command a record was merged by: what taking it out again takes back.
CREATE INDEX undo_steps_of_merges ON undo_steps (entity_id, entity) WHERE field = 'merged_into';
`,
}
