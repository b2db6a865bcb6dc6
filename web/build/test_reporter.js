// What failed in full, and last 'N passed, N failed' (tools/run_tests.py reads it).
export default class Reporter {
  onTestRunEnd(modules, errors) {
    const counts = { passed: 0, failed: 0 };
    for (const module of modules) {
      for (const error of module.errors()) this.tell(module.relativeModuleId, error, counts);
      for (const test of module.children.allTests()) {
        const { state, errors: wrong } = test.result();
        if (state === 'passed') ++counts.passed;
        for (const error of wrong ?? [])
          this.tell(`${module.relativeModuleId} ${test.fullName}`, error, counts);
      }
    }
    for (const error of errors) this.tell('outside of all tests', error, counts);
    console.log(`${counts.passed} passed, ${counts.failed} failed`);
  }

  tell(where, error, counts) {
    ++counts.failed;
    console.log(`FAILED ${where}\n${error.stack ?? error.message}\n${error.diff ?? ''}`);
  }
}
