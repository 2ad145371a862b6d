import { useCsrf } from '../context.ts'
import type { Attributes, Child } from '../html.ts'

export type FormProps = {
  action: string
  method?: 'post' | 'get'
  /** Needed as soon as a form holds a file. */
  hasFiles?: boolean
  /** A key made when the page was rendered, so that sending twice does one thing. */
  idempotencyKey?: string
  attributes?: Attributes
  children?: Child
}

/** A form that carries the page's token. Browser checks are off: the server's messages are the ones people see. */
export function Form(props: FormProps) {
  const csrf = useCsrf()
  const method = props.method ?? 'post'
  return (
    <form action={props.action} method={method} enctype={props.hasFiles ? 'multipart/form-data' : undefined} novalidate {...props.attributes}>
      {method === 'post' && csrf && <input type="hidden" name="_csrf" value={csrf} />}
      {props.idempotencyKey && <input type="hidden" name="_key" value={props.idempotencyKey} />}
      {props.children}
    </form>
  )
}
