// The engine's vocabulary. Everything here is plain JSON, so a graph or a state can be stored, hashed and sent to a browser.

/** What compile found wrong: `rule` is `bpmn.…` (the standard), `profile.…` (what we run), `di.…` (drawing), `feel.…` or `xl.…`. */
export type Finding = { element: string; rule: string; message: string; severity: 'error' | 'warning' }

/** `graph` may be run only if no finding is an error. `definitions` is the moddle tree, for drawing. */
export type Compiled = { graph: Graph; findings: Finding[]; definitions: unknown }

export type TaskType = 'userTask' | 'manualTask' | 'receiveTask'
export type ActionType = 'serviceTask' | 'sendTask' | 'scriptTask' | 'businessRuleTask'
export type GatewayType = 'exclusiveGateway' | 'parallelGateway' | 'inclusiveGateway' | 'eventBasedGateway'
export type EventType = 'startEvent' | 'intermediateCatchEvent' | 'intermediateThrowEvent' | 'boundaryEvent' | 'endEvent'
export type ScopeType = 'process' | 'subProcess' | 'eventSubProcess'
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
  | { kind: 'terminate' }

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
 * (process, subprocess, event subprocess) that contains it, so a later multi-instance or loop is one more level of the same tree.
 */
export type Token = {
  id: string
  at: string
  in: string
  is: 'scope' | 'task' | 'action' | 'event' | 'gate' | 'join' | 'listener' | 'incident'
  /** join: the flow by which it came. */
  flow?: string
  /** listener: the activity, event gateway or multiple event that it listens for; absent for an event subprocess. */
  for?: string
  /** listener: which event definition of `at`. */
  def?: number
  /** listener of a parallel multiple event: this part has occurred. */
  seen?: true
  /** incident: can the element be left again, or must it be done again? */
  why?: 'leave' | 'redo'
  /** scope: an interrupting event subprocess has taken over; it may not be taken over twice. */
  over?: true
}

/** Where a case stands. Never holds a form value. */
export type EngineState = { format: 1; status: 'running' | 'completed' | 'terminated'; next: number; tokens: Token[] }

/** Evaluates FEEL with the caller's data. `expression` has no leading `=`. */
export type Host = { evaluate(expression: string, element: string): unknown }

export type Command =
  | { type: 'start'; element?: string }
  | { type: 'complete'; token: string }
  | { type: 'done'; token: string }
  | { type: 'error'; token: string; code: string }
  | { type: 'timer'; token: string }
  | { type: 'message'; name: string; token?: string }
  | { type: 'signal'; name: string }
  | { type: 'terminate' }
  /** An incident: try again (after data was corrected, or the service is back). */
  | { type: 'retry'; token: string }
  /** An incident of an action: go on as if it had succeeded (the caller records who decided that, and why). */
  | { type: 'skip'; token: string }

export type Effect =
  | { type: 'entered' | 'left' | 'cancelled'; element: string; token: string }
  | { type: 'flow'; element: string }
  | { type: 'task.open'; element: string; token: string; kind: 'user' | 'manual' | 'receive' }
  | { type: 'task.close'; element: string; token: string; how: 'done' | 'cancelled' }
  | { type: 'action'; element: string; token: string; kind: 'service' | 'send' | 'script' | 'rule' }
  | { type: 'timer.open'; element: string; token: string; timer: TimerDefinition }
  | { type: 'timer.close'; token: string }
  | { type: 'subscription.open'; element: string; token: string; kind: 'message' | 'signal' | 'conditional'; name: string }
  | { type: 'subscription.close'; token: string }
  | { type: 'thrown'; element: string; kind: 'message' | 'signal' | 'escalation' | 'error'; name: string }
  | { type: 'caught'; element: string; token: string }
  | { type: 'event'; element: string; name: string }
  | { type: 'incident'; element: string; token: string; reason: string }
  | { type: 'ended'; element: string; outcome: 'completed' | 'terminated' }

export type StepResult = { state: EngineState; effects: Effect[] }
