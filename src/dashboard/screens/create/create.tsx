import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAct } from '../../api/index.ts';
import { Button, Refusal, TextField, toast } from '../../parts/index.ts';
import { useAddress, useGo } from '../../shell/index.ts';
import { makeWorker, workersLike, type Step } from './make.ts';
import { faultInName, freeName } from './name.ts';
import { TEMPLATES, type Template } from './templates.ts';
import './create.css';

const STEPS = { uploading: 'Uploading and trying it', opening: 'Opening its address' } as const satisfies Record<Step, string>;

const today = (): string => new Date().toISOString().slice(0, 10);
const NOBODY: ReadonlySet<string> = new Set();

/** A new Worker from a template, deployed at once. */
export const Create = () => {
  const [{ template: id }, change] = useAddress();
  const goTo = useGo();
  const template = TEMPLATES.find((each) => each.id === id) ?? TEMPLATES[0];
  const [typed, setTyped] = useState<string>();
  const [step, setStep] = useState<Step>('uploading');
  const stem = typed ?? template.called;
  const like = useQuery({
    queryKey: ['names', {}, stem],
    queryFn: () => workersLike(stem),
    enabled: stem !== '',
    placeholderData: (old) => old,
  });
  const taken = like.data ?? NOBODY;
  const name = typed ?? freeName(template.called, taken);
  const wrong = faultInName(name, taken);
  const compatibilityDate = today();
  const made = useAct({
    mutationFn: () => makeWorker({ name, template, compatibilityDate }, setStep),
    onSuccess: () => {
      toast({ text: `${name} is deployed: v1 gets all requests.` });
      goTo(`/workers/${name}`);
    },
  });
  return (
    <>
      <div className="page-head">
        <div>
          <p className="crumbs">
            <Link to="/" search={{}}>
              Workers & Pages
            </Link>
          </p>
          <h1 className="title">Create application</h1>
        </div>
      </div>
      <form
        className="create"
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong === undefined) made.mutate();
        }}
      >
        <div className="create-choice">
          <Templates value={template} onChange={(chosen) => change({ template: chosen.id }, false)} />
          <TextField
            label="Name"
            hint="It is a part of its address, and stays."
            fault={wrong?.fault}
            maxLength={120}
            value={name}
            onChange={({ target }) => setTyped(target.value)}
          />
          {wrong?.suggestion !== undefined && (
            <p className="small create-suggestion">
              <button type="button" className="link" onClick={() => setTyped(wrong.suggestion)}>
                Take {wrong.suggestion}
              </button>
            </p>
          )}
          <p className="small second">
            Its compatibility date is {compatibilityDate}: it runs as the runtime does today, and goes on so. Deployed, v1 gets all requests
            to its address.
          </p>
          {made.isError && <Refusal what="Not deployed." error={made.error} />}
          <div className="create-foot">
            <Button kind="main" type="submit" why={wrong?.fault} working={made.isPending ? STEPS[step] : undefined}>
              Deploy {wrong === undefined ? name : 'it'}
            </Button>
          </div>
        </div>
        <section className="create-code" aria-labelledby="create-code">
          <h2 className="heading" id="create-code">
            Its code
          </h2>
          <pre tabIndex={0}>{template.code}</pre>
          <p className="small third">It can be changed once it is deployed, with Edit code.</p>
        </section>
      </form>
    </>
  );
};

const Templates = ({ value, onChange }: { readonly value: Template; readonly onChange: (template: Template) => void }) => (
  <fieldset className="create-templates">
    <legend>Template</legend>
    {TEMPLATES.map((template) => (
      <label key={template.id} className="choice">
        <input type="radio" name="template" checked={template.id === value.id} onChange={() => onChange(template)} />
        <span>
          <strong className="strong">{template.name}</strong>
          <br />
          <span className="small second">{template.about}</span>
        </span>
      </label>
    ))}
  </fieldset>
);
