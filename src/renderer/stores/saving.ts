import { ref } from 'vue'
import { wordsFor } from './report.ts'

/** One command at a time, with its failure in words where the form shows it. */
export function useSaving() {
  const busy = ref(false)
  const problem = ref('')

  /** Answers undefined where the command failed. */
  async function run<T>(command: () => Promise<T>): Promise<T | undefined> {
    if (busy.value) return undefined
    busy.value = true
    problem.value = ''
    try {
      return await command()
    } catch (error) {
      problem.value = wordsFor(error)
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, run }
}
