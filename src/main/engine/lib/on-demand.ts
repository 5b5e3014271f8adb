import { createRequire } from 'node:module'

// Not `require`: the built application declares that name once for all of its parts.
const fromHere = createRequire(import.meta.url)

/**
 * A package that is read from disk when it is first used, and not before: with all that such packages bring, they would
 * keep the first screen waiting. `Module` is what its CommonJS form exports.
 * @returns what gives the module; throws as an import does where it cannot be loaded
 */
export function onDemand<Module>(name: string): () => Module {
  let module: Module | undefined
  return () => (module ??= fromHere(name) as Module)
}
