// A line per test, what failed in full, and last 'N passed, N failed' (tools/run_tests.py reads it).
export default async function* report(events) {
  let passed = 0;
  let failed = 0;
  for await (const { type, data } of events) {
    if (type === 'test:stdout' || type === 'test:stderr') yield data.message;
    if (type === 'test:diagnostic' && data.nesting > 0) yield `# ${data.message}\n`;
    const is_file = data?.nesting === 0 && data?.name?.endsWith('.js');
    if (is_file || (data?.details?.type === 'suite' && type === 'test:pass')) continue;
    if (type === 'test:pass') {
      ++passed;
      yield `ok ${data.name} (${Math.round(data.details.duration_ms)} ms)\n`;
    }
    if (type === 'test:fail' && data.details?.type !== 'suite') {
      ++failed;
      const { cause } = data.details.error;
      yield `FAILED ${data.name}\n${cause?.stack ?? data.details.error.message}\n`;
    }
  }
  yield `${passed} passed, ${failed} failed\n`;
}
