import fc from 'fast-check';

// What a property is tried with is the same in every run: that a rare case is wrong must not be found by chance in the
// change that happens to be tested then. To look for one, run a test with other seeds.
fc.configureGlobal({ seed: 2001 });

export { fc };
