/** The last word of a state machine's name: `antei-delivery` is the delivery workflow. */
export const workflowName = (machine: string): string => machine.split('-').at(-1) ?? machine;
