/** Whether all of the suite is to run, or its short cut: `npm run test:faults` sets the variable, `npm test` does not. */
export const fullSuite = process.env.FAULT_SUITE === 'full'
