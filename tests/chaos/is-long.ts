/** Whether tests may take minutes: `pnpm chaos:tests` sets it. */
export const isLong = process.env['TELOS_TEST_LONG'] !== undefined;
