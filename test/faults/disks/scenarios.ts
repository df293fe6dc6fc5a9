/** What disks.test.ts runs, in this order, on one LAN. */
import { fullScenarios } from './full-scenarios.ts'
import { modelScenarios } from './model-scenarios.ts'
import { readOnlyScenarios } from './read-only-scenarios.ts'
import type { Scenario } from '../../support/lan-runner.ts'

export const hosts = 2

const only = process.env.DISK_FAULT

export const scenarios: Scenario[] = [...fullScenarios, ...readOnlyScenarios, ...modelScenarios].filter(
  ({ name }) => only == null || name.includes(only)
)
