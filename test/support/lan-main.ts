/** Runs the module of scenarios named by its argument; started by lan-runner.ts, inside the namespaces. */
import { withLan } from './lan.ts'
import type { Scenario, ScenarioModule, ScenarioResult } from './lan-runner.ts'
import type { Lan } from './lan.ts'

const [, , href] = process.argv

if (href == null) {
  throw new Error('Name a module of scenarios')
}

// the first process of a process namespace takes all others with it when it ends
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  process.on(signal, () => process.exit(1))
}

process.stdin.resume().on('end', () => process.exit(0))

const module = (await import(href)) as ScenarioModule

await withLan(module, async (lan) => {
  for (const scenario of module.scenarios) {
    report(await outcome(scenario, lan))
  }
})
process.exit(0)

async function outcome(scenario: Scenario, lan: Lan): Promise<ScenarioResult> {
  const { name } = scenario

  try {
    return { name, value: await scenario.run(lan) }
  } catch (err) {
    return { name, error: err instanceof Error ? (err.stack ?? err.message) : String(err) }
  }
}

function report(result: ScenarioResult): void {
  process.stdout.write(`${JSON.stringify(result)}\n`)
}
