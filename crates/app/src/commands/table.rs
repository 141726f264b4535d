// The table itself: included by `commands.rs`, and by every other place that must know what there is (the window's
// build, which lists the commands that a page may call). An entry: doc, name(request) -> reply, and what it streams.
commands! {
    /// Parses a spec, checks it, counts its runs, forecasts.
    validate(ValidateRequest) -> ValidateReply;
    /// The exact run list, dry.
    plan(PlanRequest) -> PlanReply, stream PlanLine;
    /// Registers a campaign without running it.
    create(CreateRequest) -> CreateReply;
    /// Runs a campaign, or resumes it.
    run(RunRequest) -> RunReply, stream RunEvent;
    /// How a campaign stands.
    status(StatusRequest) -> StatusReply;
    /// The campaigns of the store.
    list(ListRequest) -> ListReply;
    /// Puts a campaign in the queue.
    queue(QueueRequest) -> Acknowledged;
    /// Pauses, resumes, stops or retries a campaign.
    steer(SteerRequest) -> Acknowledged;
    /// The measured values, in plan order.
    results(ResultsRequest) -> ResultsReply;
    /// A read-only query on the store.
    sql(SqlRequest) -> SqlReply;
    /// Data quality, and factors that changed nothing.
    check(CheckRequest) -> CheckReply;
    /// Statistics.
    analyze(AnalyzeRequest) -> AnalyzeReply;
    /// What the tasks of workflow ask, item by item.
    items(ItemsRequest) -> ItemsReply;
    /// Which runs to add: cells with too little, rules between phases, sample sizes.
    next(NextRequest) -> NextReply;
    /// Documents.
    report(ReportRequest) -> ReportReply;
    /// A publication table.
    table(TableRequest) -> TextReply;
    /// A publication figure.
    figure(FigureRequest) -> FigureReply;
    /// Data in the layout of another system.
    export(ExportRequest) -> ExportReply;
    /// Brings specs into the store.
    import(ImportRequest) -> ImportReply;
    /// Compares two specs or campaigns.
    diff(DiffRequest) -> DiffReply;
    /// What works here, what doesn't, how to mend it.
    doctor(DoctorRequest) -> DoctorReply;
    /// What there is to run, with every parameter and metric.
    workloads(WorkloadsRequest) -> WorkloadsReply;
    /// Starts a campaign, or resumes it, in the background.
    start(RunRequest) -> StartReply;
    /// The campaigns that run in this application.
    running(RunningRequest) -> RunningReply;
    /// How a running campaign stands, as it changes.
    follow(FollowRequest) -> FollowReply, stream FollowUpdate;
    /// Cancels the executing runs of a campaign.
    halt(CampaignRequest) -> Acknowledged;
    /// Ends a stream.
    unsubscribe(UnsubscribeRequest) -> Acknowledged;
    /// Lets the user choose files in a native dialog.
    choose_files(ChooseFilesRequest) -> ChooseFilesReply;
    /// Reads a text file that the user chose.
    read_file(ReadFileRequest) -> ReadFileReply;
    /// Writes a text into a file that the user chose.
    save_file(SaveFileRequest) -> Acknowledged;
    /// What a spec under edit means, and what is wrong with it where.
    read_spec(ReadSpecRequest) -> ReadSpecReply;
    /// The spec of a stored campaign and its history.
    spec(CampaignRequest) -> SpecReply;
    /// Registers a spec written in the window.
    save_spec(SaveSpecRequest) -> SaveSpecReply;
    /// Registers a copy of a campaign's spec, without its runs.
    duplicate(DuplicateRequest) -> SaveSpecReply;
    /// Puts a campaign aside, or back.
    archive(ArchiveRequest) -> Acknowledged;
    /// Puts a campaign in the trash.
    trash(CampaignRequest) -> Acknowledged;
    /// Takes a campaign out of the trash, by its ULID.
    restore(CampaignRequest) -> Acknowledged;
    /// The campaigns in the trash.
    trashed(TrashedRequest) -> TrashedReply;
    /// How far each condition is, and a metric's mean in it.
    grid(GridRequest) -> GridReply;
    /// A page of a table of runs, sorted and filtered.
    runs(RunsRequest) -> RunsReply;
    /// One run from close by.
    run_detail(RunDetailRequest) -> RunDetailReply;
    /// What a run and its models said to each other.
    calls(RunDetailRequest) -> CallsReply;
    /// A scenario's run turn by turn.
    scenario(RunDetailRequest) -> ScenarioReply;
    /// Registers a campaign that goes on from a turn of a scenario's run.
    branch(BranchRequest) -> SaveSpecReply;
    /// A negotiation round by round, against its Pareto front.
    negotiation(RunDetailRequest) -> NegotiationReply;
    /// Providers, prices, and a spec's models.
    models(ModelsRequest) -> ModelsReply;
    /// Asks a model once.
    model_chat(ModelChatRequest) -> ModelChatReply;
    /// Gives a key for this session, or to the keychain.
    model_key(ModelKeyRequest) -> Acknowledged;
    /// What each model of a campaign was asked, and what it came to.
    model_totals(CampaignRequest) -> ModelTotalsReply;
    /// Adds a provider of models, or sets limits for one.
    set_provider(ProviderRequest) -> Acknowledged;
    /// Takes away what was added with `set_provider`.
    remove_provider(ProviderNameRequest) -> Acknowledged;
    /// Asks a provider for its list of models, which costs nothing.
    test_provider(ProviderNameRequest) -> ProviderTestReply;
    /// Sets a price of one's own, or takes it away.
    set_price(PriceRequest) -> Acknowledged;
    /// Leaves a run out of analyses.
    exclude(ExcludeRequest) -> Acknowledged;
    /// Takes a run into analyses again.
    include(RunDetailRequest) -> Acknowledged;
    /// Notes something about a run.
    note(NoteRequest) -> Acknowledged;
    /// The host's load and power, as they change.
    monitor(MonitorRequest) -> MonitorReply, stream MonitorSample;
    /// What this machine lets one read, and why not more.
    sensors(SensorsRequest) -> SensorsReply;
    /// Records the machine's energy for a while.
    energy_record(RecordRequest) -> RecordReply;
    /// What the machine draws at rest.
    energy_idle(IdleRequest) -> IdleReply;
    /// What a campaign took, session by session.
    energy_sessions(EnergySessionsRequest) -> EnergySessionsReply;
    /// Power during the last attempt of a run.
    energy_trace(EnergyTraceRequest) -> EnergyTraceReply;
    /// Carbon and water of a campaign's energy, or of any.
    energy_footprint(FootprintRequest) -> FootprintReply;
    /// How the window looks and what it remembers.
    settings(SettingsRequest) -> Settings;
    /// Changes settings.
    set_settings(SetSettingsRequest) -> Settings;
    /// What a transformation makes of a text or item.
    scramble(ScrambleRequest) -> ScrambleReply;
    /// What a file of items holds.
    dataset(DatasetRequest) -> DatasetReply;
    /// Writes a campaign's answers as ScrambleBench lays them out.
    /// The sample campaign, or a fresh copy of it that is run now.
    sample(SampleRequest) -> SampleReply;
}
