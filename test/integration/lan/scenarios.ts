/** What lan.test.ts runs, in this order, on one LAN. */
import { beaconScenarios } from './beacon-scenarios.ts'
import { overlayScenarios } from './overlay-scenarios.ts'
import type { Scenario } from '../../support/lan-runner.ts'

export const hosts = 6

export const scenarios: Scenario[] = [...beaconScenarios, ...overlayScenarios]
