/** What lan.test.ts runs, in this order, on one LAN. */
import { fullSuite } from '../../support/full-suite.ts'
import { conditionsScenarios } from './conditions-scenarios.ts'
import { processScenarios } from './process-scenarios.ts'
import type { Scenario } from '../../../support/lan-runner.ts'

export const hosts = fullSuite ? 10 : 4

const only = process.env.NETWORK_FAULT

export const scenarios: Scenario[] = [...processScenarios, ...conditionsScenarios].filter(
  ({ name }) => only == null || name === only
)
