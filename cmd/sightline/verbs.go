package main

import "slices"

// verbs lists the subcommands in the order in which help shows them; each has
// a file of its own.
func verbs() []verb {
	return slices.Concat(evaluationVerbs(), sampleVerbs(), toolVerbs())
}

// evaluationVerbs bring data and models in, and tell what models do.
func evaluationVerbs() []verb {
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
		conceptsVerb(),
		compareVerb(),
		checkVerb(),
	}
}

// sampleVerbs are for samples: which they are, what is noted of them, and what is taken elsewhere.
func sampleVerbs() []verb {
	return []verb{
		sliceVerb(),
		tagVerb(),
		markVerb(),
		reportVerb(),
		similarVerb(),
		spaceVerb(),
		nextVerb(),
		sqlVerb(),
		exportVerb(),
	}
}

// toolVerbs look into files, run the parts of the program, and keep its workspace.
func toolVerbs() []verb {
	return []verb{
		methodsVerb(),
		layersVerb(),
		mapVerb(),
		serveVerb(),
		demoVerb(),
		workerVerb(),
		workersVerb(),
		doctorVerb(),
		backupVerb(),
		restoreVerb(),
		natsAccountsVerb(),
		jobsListVerb(),
		jobsCancelVerb(),
		jobsResumeVerb(),
		docsVerb(),
		versionVerb(),
		completionVerb(),
		sqlChildVerb(),
		copyVerb(),
	}
}
