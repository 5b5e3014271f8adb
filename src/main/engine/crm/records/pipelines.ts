import { DomainError } from '../../lib/domain-error.ts'
import { NAMESPACE, uuidV5, uuidV7 } from '../../lib/uuid.ts'
import { appendOp } from '../../store/ops.ts'
import type { ReadableDb } from '../../store/statements.ts'
import {
  allPipelines,
  isStageInUse,
  pipelineById,
  stageById,
  stagesOf,
  type StageRow,
} from '../../store/tables/pipelines.ts'
import type { Doing } from './doing.ts'

/** The pipeline that is there from the start: the same ids on every machine. */
const FIRST = uuidV5(NAMESPACE.recordPart, 'pipeline')
const FIRST_STAGES: readonly Omit<StageRow, 'id' | 'pipeline_id' | 'position' | 'removed_at'>[] = [
  { name: 'Qualified', outcome: 'open', probability: 20 },
  { name: 'Meeting', outcome: 'open', probability: 40 },
  { name: 'Proposal', outcome: 'open', probability: 60 },
  { name: 'Negotiation', outcome: 'open', probability: 80 },
  { name: 'Won', outcome: 'won', probability: 100 },
  { name: 'Lost', outcome: 'lost', probability: 0 },
]
const stageId = (position: number): string => uuidV5(NAMESPACE.recordPart, `stage\n${position}`)

export type PipelineInit = {
  id: string
  name: string
  stages: { id: string; name: string; outcome: StageRow['outcome']; probability: number }[]
}

/** Pipelines with their stages in order. Before there is one in the database, the one that will be made. */
export function pipelinesOf(db: ReadableDb): PipelineInit[] {
  const rows = allPipelines(db)
  if (rows.length === 0)
    return [
      { id: FIRST, name: 'Sales', stages: FIRST_STAGES.map((stage, i) => ({ id: stageId(i), ...stage })) },
    ]
  return rows.map(({ id, name }) => ({
    id,
    name,
    stages: stagesOf(db, id).map((stage) => ({
      id: stage.id,
      name: stage.name,
      outcome: stage.outcome,
      probability: stage.probability,
    })),
  }))
}

/** Makes the pipeline that is there from the start, where there is none at all. Nobody did it, so nobody takes it back. */
export function ensurePipeline({ write, store }: Doing): void {
  if (allPipelines(write.db).length > 0) return
  const [first] = pipelinesOf(write.db)
  if (!first) return
  const values = { name: first.name, created_at: write.now }
  appendOp(write, store.hlc, null, { entity: 'pipeline', id: first.id, kind: 'create', values })
  first.stages.forEach(({ id, ...stage }, position) =>
    appendOp(write, store.hlc, null, {
      entity: 'stage',
      id,
      kind: 'create',
      values: { ...stage, pipeline_id: first.id, position },
    }),
  )
  write.changedAll('properties')
}

/** The stage that a new deal begins in: the first one of the first pipeline. */
export function firstStage(doing: Doing): string | null {
  ensurePipeline(doing)
  return pipelinesOf(doing.write.db)[0]?.stages[0]?.id ?? null
}

/**
 * Makes or changes a pipeline; its stages are those named, in that order.
 * @returns its id
 * @throws DomainError NOT_FOUND; CONFLICT for a stage that deals are in and that would go
 */
export function savePipeline(
  doing: Doing,
  pipeline: Omit<PipelineInit, 'id' | 'stages'> & {
    id?: string
    stages: (Omit<PipelineInit['stages'][number], 'id'> & { id?: string })[]
  },
): string {
  const { write, undo } = doing
  ensurePipeline(doing)
  const known = pipeline.id === undefined ? undefined : pipelineById(write.db, pipeline.id)
  if (pipeline.id !== undefined && known?.removed_at !== null)
    throw new DomainError('NOT_FOUND', 'This pipeline does not exist any more.')
  const id = known?.id ?? uuidV7(write.now)
  if (!known) {
    const values = { name: pipeline.name, created_at: write.now }
    undo.append({ entity: 'pipeline', id, kind: 'create', values })
  } else if (known.name !== pipeline.name)
    undo.append({ entity: 'pipeline', id, kind: 'set', values: { name: pipeline.name } })
  const before = known ? stagesOf(write.db, id) : []
  const named = new Set(pipeline.stages.map((stage) => stage.id))
  for (const stage of before) {
    if (named.has(stage.id)) continue
    if (isStageInUse(write.db, stage.id))
      throw new DomainError(
        'CONFLICT',
        `There are deals in the stage "${stage.name}". Move them to another stage first.`,
      )
    undo.append({ entity: 'stage', id: stage.id, kind: 'set', values: { removed_at: write.now } })
  }
  pipeline.stages.forEach((stage, position) => saveStage(doing, id, stage, position))
  write.changedAll('properties')
  return id
}

function saveStage(
  { write, undo }: Doing,
  pipelineId: string,
  stage: Omit<PipelineInit['stages'][number], 'id'> & { id?: string },
  position: number,
): void {
  const values = { name: stage.name, outcome: stage.outcome, probability: stage.probability, position }
  if (stage.id === undefined) {
    const made = { ...values, pipeline_id: pipelineId }
    undo.append({ entity: 'stage', id: uuidV7(write.now), kind: 'create', values: made })
    return
  }
  const known = stageById(write.db, stage.id)
  if (known?.pipeline_id !== pipelineId)
    throw new DomainError('NOT_FOUND', `The stage "${stage.name}" is none of this pipeline's.`)
  const differing = Object.fromEntries(
    Object.entries({ ...values, removed_at: null }).filter(
      ([field, value]) => known[field as keyof typeof values] !== value,
    ),
  )
  if (Object.keys(differing).length > 0)
    undo.append({ entity: 'stage', id: stage.id, kind: 'set', values: differing })
}
