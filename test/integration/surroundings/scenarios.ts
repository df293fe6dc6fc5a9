/** What surroundings.test.ts runs, each on hosts that are new. */
import { changeScenarios } from './change-scenarios.ts'
import { linkScenarios } from './link-scenarios.ts'
import { switchScenarios } from './switch-scenarios.ts'
import { warningScenarios } from './warning-scenarios.ts'
import type { Scenario } from '../../support/lan-runner.ts'

export const hosts = 3

export const scenarios: Scenario[] = [
  ...linkScenarios,
  ...changeScenarios,
  ...switchScenarios,
  ...warningScenarios
].map(({ name, run }) => ({
  name,
  run: async (lan) => {
    try {
      return await run(lan)
    } finally {
      await Promise.all(lan.hosts.map(async (host) => await host.renew()))
    }
  }
}))
