import { ref } from 'vue'
import { wordsFor } from './report.ts'

/** One command at a time, with its failure in words where the form shows it. @param words  for what went wrong */
export function useSaving(words: (error: unknown) => string = wordsFor) {
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
      problem.value = words(error)
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, run }
}
