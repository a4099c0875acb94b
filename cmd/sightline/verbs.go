package main

// verbs lists the subcommands in the order in which help shows them; each has
// a file of its own.
func verbs() []verb {
	return []verb{
		openVerb(),
		importVerb(),
		modelAddVerb(),
		modelListVerb(),
		modelShowVerb(),
		modelProbeVerb(),
		listVerb(),
		renameVerb(),
		rmVerb(),
		evaluateVerb(),
		explainVerb(),
		lookVerb(),
		findingsVerb(),
		compareVerb(),
		checkVerb(),
		tagVerb(),
		markVerb(),
		reportVerb(),
		similarVerb(),
		sqlVerb(),
		exportVerb(),
		methodsVerb(),
		layersVerb(),
		mapVerb(),
		serveVerb(),
		demoVerb(),
		workerVerb(),
		workersVerb(),
		natsAccountsVerb(),
		jobsListVerb(),
		jobsCancelVerb(),
		jobsResumeVerb(),
		docsVerb(),
		versionVerb(),
		completionVerb(),
		sqlChildVerb(),
	}
}
