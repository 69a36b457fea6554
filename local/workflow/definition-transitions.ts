interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, Readonly<Record<string, unknown>> & { readonly Type: string }>>;
}

/** States that nothing follows by themselves. */
const LAST = ['Succeed', 'Fail'];

/** Where a machine leads to states that are not there, or nowhere. */
export function transitionProblems({ StartAt, States }: Machine): string[] {
  const names = Object.keys(States).join(', ');
  const missing = (place: string, field: string, to: string): string[] =>
    Object.hasOwn(States, to) ? [] : [`${place}: ${field} leads to "${to}"; the states are ${names}`];
  return [
    ...missing('the definition', 'StartAt', StartAt),
    ...Object.entries(States).flatMap(([name, state]) => {
      const place = `state "${name}"`;
      const { Type, Next, End, Default, Choices, Catch } = state;
      const ends = LAST.includes(Type) || Type === 'Choice' || End === true || typeof Next === 'string';
      return [
        ...(ends ? [] : [`${place}: found neither Next nor End: true`]),
        ...(typeof Next === 'string' ? missing(place, 'Next', Next) : []),
        ...(typeof Default === 'string' ? missing(place, 'Default', Default) : []),
        ...nexts(Choices).flatMap(to => missing(place, 'a choice', to)),
        ...nexts(Catch).flatMap(to => missing(place, 'Catch', to)),
      ];
    }),
  ];
}

const nexts = (rules: unknown): string[] =>
  (Array.isArray(rules) ? rules : []).map((rule: unknown) =>
    typeof rule === 'object' && rule !== null && 'Next' in rule ? String(rule.Next) : '',
  );
