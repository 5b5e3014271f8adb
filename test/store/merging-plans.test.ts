import { expect, test } from 'vitest'
import { newestContactsSql } from '../../src/main/engine/store/queries/contacts.ts'
import {
  deepDomainsSql,
  dismissedSql,
  sharedAddressKeysSql,
  sharedCompanyNamesSql,
  sharedDomainsSql,
  sharedNamesAtCompaniesSql,
  sharedPhonesSql,
} from '../../src/main/engine/store/queries/duplicates.ts'
import { belongingsSql } from '../../src/main/engine/store/queries/merging.ts'
import { mergeBehindSql } from '../../src/main/engine/store/undo.ts'
import { emptyStore } from '../support/plans.ts'

const { planOf } = emptyStore()

test.each([
  ['addresses of one mailbox', sharedAddressKeysSql],
  ['shared phones', sharedPhonesSql],
  ['names at one company', sharedNamesAtCompaniesSql],
  ['names of companies', sharedCompanyNamesSql],
  ['domains of companies', sharedDomainsSql],
  ['domains below others', deepDomainsSql],
])('%s: one walk along an index', (_name, sql) => {
  const plan = planOf(sql)
  expect(plan).toEqual([expect.stringMatching(/USING (COVERING )?INDEX/)])
})

test.each([
  ['the command behind a merge', mergeBehindSql],
  ['a dismissal, contacts', dismissedSql('contacts')],
  ['a dismissal, companies', dismissedSql('companies')],
  ['what a contact brings', belongingsSql('contacts')],
  ['what a company brings', belongingsSql('companies')],
])('%s is looked up by indexes', (_name, sql) => {
  expect(planOf(sql).filter((line) => /^SCAN (?!CONSTANT ROW)|TEMP B-TREE FOR ORDER BY/.test(line))).toEqual(
    [],
  )
})

test('the newest contacts come in the order of their index', () => {
  expect(planOf(newestContactsSql).filter((line) => /TEMP B-TREE/.test(line))).toEqual([])
})
