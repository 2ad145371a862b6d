// The engine's vocabulary. Everything here is plain JSON, so a graph or a state can be stored, hashed and sent to a browser.

/** What compile found wrong: `rule` is `bpmn.…` (the standard), `profile.…` (what we run), `di.…` (drawing), `feel.…` or `xl.…`. */
export type Finding = { element: string; rule: string; message: string; severity: 'error' | 'warning' }

/** `package`: what a procedure of the library may use. `full`: everything that `xiangli run` can run. */
export type Profile = 'package' | 'full'

/**
 * `graph` may be run only if no finding is an error. `definitions` is the moddle tree, for drawing. `graphs` are all processes of the
 * file, `graph` first; a package has only that one.
 */
export type Compiled = { graph: Graph; graphs: Graph[]; collaboration: Collaboration; findings: Finding[]; definitions: unknown }

/** Who sends what to whom (BPMN 2.0.2 §9). A participant without `process` is a black box. `message` is the name of a flow's message. */
export type Collaboration = {
  participants: { id: string; name?: string; process?: string }[]
  messageFlows: { id: string; from: string; to: string; message?: string }[]
  correlations: Correlation[]
  /** Names of messages and signals by id. */
  names: Record<string, string>
}

/** How a message finds its instance (§8.4.2): the value of `path` in its payload equals that of `data` in the waiting instance. */
export type Correlation = { message: string; property: string; path: string; data?: string }

export type TaskType = 'userTask' | 'manualTask' | 'receiveTask'
export type ActionType = 'serviceTask' | 'sendTask' | 'scriptTask' | 'businessRuleTask' | 'callActivity' | 'task'
export type GatewayType = 'exclusiveGateway' | 'parallelGateway' | 'inclusiveGateway' | 'eventBasedGateway' | 'complexGateway'
export type EventType = 'startEvent' | 'intermediateCatchEvent' | 'intermediateThrowEvent' | 'boundaryEvent' | 'endEvent'
export type ScopeType = 'process' | 'subProcess' | 'eventSubProcess' | 'transaction' | 'adHocSubProcess'
export type NodeType = TaskType | ActionType | GatewayType | EventType | ScopeType

/** When a timer is due. `expression` is the text of the diagram; `deadline` names a deadline of the package, which owns the date. */
export type TimerDefinition = { kind: 'date' | 'duration' | 'cycle'; expression: string } | { kind: 'deadline'; deadline: string }

/** One event definition (BPMN 2.0.2 §10.5.5). `name` is the message's or signal's name, the error's or escalation's code; absent catches all. */
export type EventDefinition =
  | { kind: 'message'; name: string }
  | { kind: 'signal'; name: string }
  | { kind: 'link'; name: string }
  | { kind: 'error'; name?: string }
  | { kind: 'escalation'; name?: string }
  | { kind: 'timer'; timer: TimerDefinition }
  | { kind: 'conditional'; condition: string }
  | { kind: 'terminate' }
  | { kind: 'cancel' }
  /** `activity`: only this one; absent: all that completed in the scope. `wait`: go on only when it is compensated. */
  | { kind: 'compensate'; activity?: string; wait: boolean }

/** An activity that is done again (§13.3.6) or several times (§13.3.7). Expressions without `=`. */
export type Loop =
  | { kind: 'standard'; before: boolean; condition?: string; maximum?: number }
  | {
      kind: 'multiple'
      sequential: boolean
      /** How many; or the list of which each instance gets one, under the name `item`. */
      cardinality?: string
      collection?: string
      item?: string
      completion?: string
      /** The list that gathers `result` of each instance. */
      results?: string
      result?: string
      throws?: LoopThrow[]
    }

/** What is thrown when an instance is completed: at the first (`One`), at each (`None`), or when a condition holds (`Complex`; §10.3.8). */
export type LoopThrow = { when: 'first' | 'each' | { condition: string }; event: EventDefinition }

/** `to` gets the value of `expression` when the activity begins (input) or ends (output). */
export type Mapping = { to: string; expression: string }

/** `<xl:input name= value=|expression= >`: an argument of an action. */
export type Input = { name: string; value?: string; expression?: string }

/** Attributes of namespace `urn:xiangli:bpmn:1`; those the kernel does not know are in `ext`. */
export type Xl = {
  form?: string
  decision?: string
  action?: string
  deadline?: string
  law?: string
  event?: string
  serves?: string
  inputs: Input[]
  ext: Record<string, string>
}

/** A flow node, or the process itself. */
export type Element = {
  id: string
  type: NodeType
  name?: string
  /** The process or subprocess that contains it; empty for the process. */
  scope: string
  /** Sequence flows, in document order. */
  in: string[]
  out: string[]
  default?: string
  lane?: string
  /** Boundary events attached to this activity. */
  boundary: string[]
  attachedTo?: string
  /** Boundary event, or start event of an event subprocess: does it cancel what it is attached to? */
  interrupting?: boolean
  events: EventDefinition[]
  /** Parallel multiple: all definitions must occur, not any one. */
  all?: boolean
  /** Receive task: the message it waits for. */
  message?: string
  /** A process or subprocess: its start events and its event subprocesses. */
  starts: string[]
  handlers: string[]
  /** Inclusive join: for each incoming flow the elements from which a token can still reach it without passing the join. */
  upstream?: Record<string, string[]>
  documentation?: string
  loop?: Loop
  /** Complex gateway: when it goes on (§13.4.5). */
  activation?: string
  /** Ad-hoc subprocess (§13.3.5). */
  adHoc?: { sequential: boolean; completion?: string; cancelRest: boolean }
  /** Call activity: the process that it calls. */
  called?: string
  /** Compensation boundary event: the activity that undoes its host. */
  handler?: string
  /** Runs only to compensate. */
  forCompensation?: true
  /** Event gateway at the start of a process: all its events must occur. */
  allStart?: true
  script?: { text: string; language?: string; result?: string }
  inputs?: Mapping[]
  outputs?: Mapping[]
  /** A scope: the names of its data objects. */
  data?: string[]
  xl: Xl
}

export type Flow = { id: string; name?: string; from: string; to: string; scope: string; condition?: string; xl: Xl }

export type Lane = { id: string; name?: string; parent?: string }

/** One process. Immutable. */
export type Graph = {
  format: 1
  process: string
  elements: Record<string, Element>
  flows: Record<string, Flow>
  lanes: Record<string, Lane>
}

/**
 * A token is one visit to one element; its id is never used again in this case. Tokens form a tree: `in` is the token of the scope
 * (process, subprocess, event subprocess) that contains it; a loop or multiple instance is one more level of the same tree.
 */
export type Token = {
  id: string
  at: string
  in: string
  /** `loop` holds the instances of its activity; `done` may be compensated; `undo` compensates. */
  is: 'scope' | 'task' | 'action' | 'event' | 'gate' | 'join' | 'listener' | 'incident' | 'loop' | 'done' | 'undo'
  /** join: the flow by which it came. */
  flow?: string
  /** listener: the activity, event gateway or multiple event that it listens for; absent for an event subprocess. undo: the event that waits. */
  for?: string
  /** listener: which event definition of `at`. */
  def?: number
  /** listener of a parallel multiple event: this part has occurred. */
  seen?: true
  /** incident: can the element be left again, or must it be done again? */
  why?: 'leave' | 'redo'
  /** scope: an interrupting event subprocess has taken over; it may not be taken over twice. */
  over?: true
  /** instance: its number, from 0. loop: how many have begun. ad-hoc: how many of its activities have begun. */
  n?: number
  /** loop: how many there will be; how many are completed. */
  of?: number
  done?: number
  /** listener or event of a condition: it was true when last looked at. */
  on?: true
  /** transaction: it is being cancelled. */
  ends?: 'cancel'
  /** undo: tokens still to be compensated, in this order. */
  list?: string[]
  /** The `undo` token for which this activity compensates. */
  undoes?: string
  /** gate of a complex gateway that has gone on: the flows that it no longer waits for. */
  via?: string[]
}

/** Where a case stands. Never holds a form value. */
export type EngineState = { format: 1; status: 'running' | 'completed' | 'terminated'; next: number; tokens: Token[] }

/**
 * Where an expression stands: `path` is the tokens from the innermost scope to the process; `values` is what the engine knows
 * (`loopCounter` from 0, `numberOfInstances`, `activationCount` and the like).
 */
export type Where = { path: Token[]; values: Record<string, unknown> }

/** Evaluates FEEL with the caller's data. `expression` has no leading `=`. */
export type Host = {
  evaluate(expression: string, element: string, where: Where): unknown
  /** A scope is about to be left: its results are taken over before the next condition is asked. `path` begins with its token. */
  leaving?(path: Token[]): void
}

export type Command =
  | { type: 'start'; element?: string }
  | { type: 'complete'; token: string }
  | { type: 'done'; token: string }
  | { type: 'error'; token: string; code: string }
  /** An escalation from a called process. */
  | { type: 'escalation'; token: string; code: string }
  /** `last`: a cycle that will not come again. */
  | { type: 'timer'; token: string; last?: true }
  /** `element`: the start event, when the message starts a case. */
  | { type: 'message'; name: string; token?: string; element?: string }
  | { type: 'signal'; name: string }
  | { type: 'terminate' }
  /** Data has changed: conditions are looked at again. */
  | { type: 'check' }
  /** One more run of an activity of an ad-hoc subprocess. */
  | { type: 'activate'; element: string }
  /** An incident: try again (after data was corrected, or the service is back). */
  | { type: 'retry'; token: string }
  /** An incident of an action: go on as if it had succeeded (the caller records who decided that, and why). */
  | { type: 'skip'; token: string }

export type Effect =
  /** `instance`: the number of one instance of a loop; its whole has none. */
  | { type: 'entered' | 'left' | 'cancelled'; element: string; token: string; instance?: number }
  | { type: 'flow'; element: string }
  | { type: 'task.open'; element: string; token: string; kind: 'user' | 'manual' | 'receive' }
  | { type: 'task.close'; element: string; token: string; how: 'done' | 'cancelled' }
  | { type: 'action'; element: string; token: string; kind: 'service' | 'send' | 'script' | 'rule' | 'call' | 'task' }
  | { type: 'timer.open'; element: string; token: string; timer: TimerDefinition }
  | { type: 'timer.close'; token: string }
  | { type: 'subscription.open'; element: string; token: string; kind: 'message' | 'signal' | 'conditional'; name: string }
  | { type: 'subscription.close'; token: string }
  | { type: 'thrown'; element: string; kind: 'message' | 'signal' | 'escalation' | 'error' | 'compensation'; name: string }
  | { type: 'caught'; element: string; token: string }
  | { type: 'event'; element: string; name: string }
  | { type: 'incident'; element: string; token: string; reason: string }
  | { type: 'ended'; element: string; outcome: 'completed' | 'terminated' }

export type StepResult = { state: EngineState; effects: Effect[] }
