import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { ageingQuery, flowQuery, timesQuery } from '../api/analytics.ts';
import { useDesk, useLive, useProject, useWorkflow } from '../desk/use-desk.ts';
import { t } from '../ui/text.ts';
import { Title } from '../ui/title.tsx';
import { AgeingFigure } from './ageing-figure.tsx';
import { FlowFigure } from './flow-figure.tsx';
import { everyOf, inWeeks, type PeriodAddress, periodOf, readPeriod } from './period.ts';
import { PeriodBar } from './period-bar.tsx';
import { ThroughputFigure } from './throughput-figure.tsx';
import { OpenFigure, TimesFigure } from './times-figures.tsx';
import './analytics.css';
import './charts.css';

/** `/w/W/p/ENG/analytics`: how work flows through a project. */
export function Page() {
  const desk = useDesk();
  useLive(desk);
  const { project = '' } = useParams({ strict: false });
  const address = readPeriod(useSearch({ strict: false }));
  const navigate = useNavigate();
  const name = useProject(desk, project)?.name ?? project;
  const workflow = useWorkflow(desk, project);
  const text = JSON.stringify(address);
  // Memoized by the address: a page that stays open past midnight keeps its days.
  const period = useMemo(() => periodOf(JSON.parse(text) as PeriodAddress, new Date()), [text]);
  const of = { workspace_id: desk.workspace_id, project_id: project };
  const weeks = inWeeks(period);
  const flow = useQuery({ ...flowQuery(of, period, everyOf(period)), placeholderData: keepPreviousData });
  const throughput = useQuery({ ...flowQuery(of, weeks.period, weeks.every), placeholderData: keepPreviousData });
  const times = useQuery({ ...timesQuery(of, period), placeholderData: keepPreviousData });
  const ageing = useQuery(ageingQuery(of));
  const change = (changed: PeriodAddress) => {
    const search = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined));
    const params = { workspace: desk.workspace_id, project };
    void navigate({ to: '/w/$workspace/p/$project/analytics', params, search, resetScroll: false });
  };
  return (
    <div className="analytics">
      <Title tab={t('{name} analytics', { name })}>{t('{name}: analytics', { name })}</Title>
      <PeriodBar address={address} period={period} change={change} />
      <div className="figures-grid">
        <FlowFigure query={flow} workflow={workflow} />
        <ThroughputFigure query={throughput} every={weeks.every} />
        <TimesFigure query={times} workflow={workflow} />
        <OpenFigure query={ageing} workflow={workflow} />
        <AgeingFigure desk={desk} query={ageing} workflow={workflow} />
      </div>
    </div>
  );
}
