import { appendOp, type Op } from '../store/ops.ts'
import type { Store, Write } from '../store/store.ts'

type SetOp = Extract<Op, { set: string }>

/**
 * Makes a set hold exactly these members, by ops for what differs.
 * @returns what was done, in words, or nothing when it held them already
 */
export function setMembers(
  write: Write,
  store: Pick<Store, 'hlc'>,
  actorId: string | null,
  set: Pick<SetOp, 'entity' | 'id' | 'set'>,
  present: readonly string[],
  wanted: readonly string[],
): ('added' | 'removed')[] {
  const add = [...new Set(wanted)].filter((id) => !present.includes(id))
  const remove = present.filter((id) => !wanted.includes(id))
  const done: ('added' | 'removed')[] = []
  if (add.length > 0) {
    appendOp(write, store.hlc, actorId, { ...set, kind: 'add', members: add })
    done.push('added')
  }
  if (remove.length > 0) {
    appendOp(write, store.hlc, actorId, { ...set, kind: 'remove', members: remove })
    done.push('removed')
  }
  return done
}
