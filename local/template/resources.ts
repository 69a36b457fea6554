import { UnsupportedError } from '../errors.ts';
import type { Assembly, Stack, Template } from './assembly.ts';
import {
  generatedName,
  type Identity,
  isSupportedType,
  namingOf,
  type ResourceTypeName,
} from './identities.ts';
import { resolve, type Scope, truth } from './intrinsics.ts';
import { type ActiveType, PROPERTIES, type PropertiesOf } from './properties.ts';

export interface Resource<T extends ActiveType> {
  /** `Stack/LogicalId`, for messages. */
  readonly place: string;
  readonly account: string;
  readonly region: string;
  /** The physical name. */
  readonly name: string;
  readonly arn: string;
  readonly properties: PropertiesOf<T>;
}

/** All resources of an assembly with their references resolved. */
export interface Resources {
  of<T extends ActiveType>(type: T): Resource<T>[];
  /** The stacks' outputs by `Stack.OutputId`. */
  readonly outputs: Readonly<Record<string, string>>;
}

const isActive = (type: ResourceTypeName): type is ActiveType & ResourceTypeName =>
  Object.hasOwn(PROPERTIES, type);

/**
 * Resolves and checks every resource of every stack.
 * @throws UnsupportedError that lists everything that is not understood, not only the first.
 */
export function resolveResources({ stacks }: Assembly): Resources {
  const scopes = new Map<string, StackScope>();
  const exported = (name: string): unknown => {
    for (const scope of scopes.values()) {
      const found = scope.exportOf(name);
      if (found !== undefined) return found;
    }
    throw new UnsupportedError([`Fn::ImportValue: no stack exports "${name}"`]);
  };
  for (const stack of stacks) scopes.set(stack.name, new StackScope(stack, exported));

  const found = new Map<ActiveType, Resource<ActiveType>[]>();
  const outputs: Record<string, string> = {};
  const problems: string[] = [];
  for (const scope of scopes.values()) {
    for (const [logicalId, { Type }] of scope.presentResources()) {
      collect(problems, () => {
        if (!isSupportedType(Type)) {
          throw new UnsupportedError([
            `${scope.stack.name}/${logicalId}: the resource type ${Type} is not supported by the embedded cloud`,
          ]);
        }
        if (!isActive(Type)) return;
        const resource = scope.resource(logicalId, Type);
        found.set(Type, [...(found.get(Type) ?? []), resource]);
      });
    }
    for (const [id, value] of scope.outputs()) {
      collect(problems, () => {
        outputs[`${scope.stack.name}.${id}`] = String(value());
      });
    }
  }
  problems.push(...[...found.values()].flatMap(sharedNames));
  if (problems.length > 0) throw new UnsupportedError(problems);
  return {
    // The map's lists are filled by type above, so that what is under a type has that type's properties.
    of: <T extends ActiveType>(type: T) => (found.get(type) ?? []) as Resource<T>[],
    outputs,
  };
}

/** Two resources of one name and type would be one. */
function sharedNames(resources: readonly Resource<ActiveType>[]): string[] {
  const byArn = new Map<string, string>();
  return resources.flatMap(({ arn, place }) => {
    const other = byArn.get(arn);
    byArn.set(arn, place);
    return other === undefined
      ? []
      : [`${place}: has the same name as ${other} (${arn}); give them names of their own`];
  });
}

function collect(problems: string[], work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    problems.push(...error.problems);
  }
}

/** One stack's names and values; looked up lazily, because resources refer to one another in any order. */
class StackScope {
  readonly stack: Stack;
  readonly #exported: (name: string) => unknown;

  constructor(stack: Stack, exported: (name: string) => unknown) {
    this.stack = stack;
    this.#exported = exported;
  }

  *presentResources(): Iterable<[string, Template['Resources'][string]]> {
    for (const [logicalId, resource] of Object.entries(this.stack.template.Resources)) {
      if (resource.Condition === undefined || this.#condition(resource.Condition, logicalId)) {
        yield [logicalId, resource];
      }
    }
  }

  *outputs(): Iterable<[string, () => unknown]> {
    for (const [id, { Value, Condition }] of Object.entries(this.stack.template.Outputs)) {
      if (Condition === undefined || this.#condition(Condition, id))
        yield [id, () => this.#resolve(Value, id)];
    }
  }

  exportOf(name: string): unknown {
    for (const [id, { Value, Export }] of Object.entries(this.stack.template.Outputs)) {
      if (Export !== undefined && this.#resolve(Export.Name, id) === name) return this.#resolve(Value, id);
    }
    return undefined;
  }

  resource<T extends ActiveType & ResourceTypeName>(logicalId: string, type: T): Resource<T> {
    const place = `${this.stack.name}/${logicalId}`;
    const identity = this.#identity(logicalId);
    const parsed = PROPERTIES[type].safeParse(
      this.#resolve(this.#declared(logicalId, logicalId).Properties, logicalId),
    );
    if (!parsed.success) {
      throw new UnsupportedError(
        parsed.error.issues.map(({ path, message }) => `${place} (${type}): ${path.join('.')}: ${message}`),
      );
    }
    const { attributes, ref } = namingOf(type);
    return {
      place,
      account: this.stack.account,
      region: this.stack.region,
      name: identity.name,
      arn: String((attributes?.Arn ?? ref)(identity)),
      properties: parsed.data as PropertiesOf<T>,
    };
  }

  #scope(at: string): Scope {
    const place = `${this.stack.name}/${at}`;
    return {
      place,
      ref: name => this.#ref(name, at),
      attribute: (logicalId, attribute) => {
        const { Type } = this.#declared(logicalId, at);
        const value = isSupportedType(Type) ? namingOf(Type).attributes?.[attribute] : undefined;
        if (value === undefined) {
          throw new UnsupportedError([
            `${place}: the attribute ${attribute} of ${logicalId} (${Type}) is not supported`,
          ]);
        }
        return value(this.#identity(logicalId));
      },
      exported: this.#exported,
      condition: name => this.#condition(name, at),
      mapping: (map, key, name) => {
        const value = this.stack.template.Mappings[map]?.[key]?.[name];
        if (value === undefined)
          throw new UnsupportedError([`${place}: there is no mapping ${map}.${key}.${name}`]);
        return value;
      },
    };
  }

  #resolve(value: unknown, at: string): unknown {
    return resolve(value, this.#scope(at));
  }

  #ref(name: string, at: string): unknown {
    const { account, region } = this.stack;
    const pseudo: Readonly<Record<string, string>> = {
      'AWS::AccountId': account,
      'AWS::Partition': 'aws',
      'AWS::Region': region,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${this.stack.name}/local`,
      'AWS::StackName': this.stack.name,
      'AWS::URLSuffix': 'amazonaws.com',
    };
    if (pseudo[name] !== undefined) return pseudo[name];
    const parameter = this.stack.template.Parameters[name];
    if (parameter !== undefined) {
      if (parameter.Default !== undefined) return parameter.Default;
      throw new UnsupportedError([
        `${this.stack.name}/${at}: the template parameter ${name} has no default value`,
      ]);
    }
    const { Type } = this.#declared(name, at);
    if (!isSupportedType(Type)) {
      throw new UnsupportedError([
        `${this.stack.name}/${at}: Ref to ${name}, whose type ${Type} is not supported`,
      ]);
    }
    return namingOf(Type).ref(this.#identity(name));
  }

  #identity(logicalId: string): Identity {
    const { Type, Properties } = this.#declared(logicalId, logicalId);
    const nameProperty = isSupportedType(Type) ? namingOf(Type).nameProperty : undefined;
    const property = (name: string): unknown => this.#resolve(Properties[name], logicalId);
    const given = nameProperty === undefined ? undefined : property(nameProperty);
    return {
      account: this.stack.account,
      region: this.stack.region,
      name: typeof given === 'string' ? given : generatedName(this.stack.name, logicalId, Type),
      property,
    };
  }

  #declared(logicalId: string, at: string): Template['Resources'][string] {
    const resource = this.stack.template.Resources[logicalId];
    if (resource === undefined) {
      throw new UnsupportedError([
        `${this.stack.name}/${at}: there is no resource "${logicalId}" in the stack`,
      ]);
    }
    return resource;
  }

  #condition(name: string, at: string): boolean {
    const expression = this.stack.template.Conditions[name];
    if (expression === undefined)
      throw new UnsupportedError([`${this.stack.name}/${at}: there is no condition "${name}"`]);
    return truth(expression, this.#scope(at));
  }
}
