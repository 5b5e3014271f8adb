// Opens the data folder named by the first argument with one more migration, which takes long, so that it can be killed in it.
import pino from 'pino'
import { migrations } from '../../../src/main/engine/store/migrations/index.ts'
import { openDatabase } from '../../../src/main/engine/store/open.ts'

const [, , dataDir = ''] = process.argv
const slow = {
  version: migrations.length + 1,
  name: 'slow',
  sql: `
    CREATE TABLE made_by_slow (n INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
    ALTER TABLE users ADD COLUMN made_by_slow INTEGER NOT NULL DEFAULT 2;
    INSERT INTO made_by_slow (text) WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000000)
      SELECT hex(randomblob(50)) FROM c;`,
}
process.stdout.write('begin\n')
openDatabase(dataDir, pino({ level: 'silent' }), [...migrations, slow])
process.stdout.write('done\n')
