import { beaconScenarios } from './beacon-scenarios.ts'
import type { Scenario } from '../../support/lan-runner.ts'

export const hosts = 6

export const scenarios: Scenario[] = [...beaconScenarios]
