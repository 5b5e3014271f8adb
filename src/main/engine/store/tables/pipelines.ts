import type { ReadableDb } from '../statements.ts'

export type PipelineRow = { id: string; name: string; created_at: number; removed_at: number | null }
export type StageRow = {
  id: string
  pipeline_id: string
  name: string
  outcome: 'open' | 'won' | 'lost'
  /** Percent. */
  probability: number
  position: number
  removed_at: number | null
}

export const allPipelines = (db: ReadableDb): PipelineRow[] =>
  db.all<PipelineRow>('SELECT * FROM pipelines WHERE removed_at IS NULL ORDER BY created_at, id')

export const pipelineById = (db: ReadableDb, id: string): PipelineRow | undefined =>
  db.get<PipelineRow>('SELECT * FROM pipelines WHERE id = ?', [id])

/** The stages of a pipeline in order. */
export const stagesOf = (db: ReadableDb, pipelineId: string): StageRow[] =>
  db.all<StageRow>(
    'SELECT * FROM stages INDEXED BY stages_by_pipeline WHERE pipeline_id = ? AND removed_at IS NULL ORDER BY position, id',
    [pipelineId],
  )

export const stageById = (db: ReadableDb, id: string): StageRow | undefined =>
  db.get<StageRow>('SELECT * FROM stages WHERE id = ?', [id])

/** Whether a deal that was not removed is in a stage. */
export const isStageInUse = (db: ReadableDb, id: string): boolean =>
  db.get('SELECT 1 FROM deals INDEXED BY deals_by_stage WHERE stage_id = ? AND removed_at IS NULL LIMIT 1', [
    id,
  ]) !== undefined
